global a
probe begin {
	foreach (v = k in a+) println(v)
	foreach (v = [k, l] in a-) println(v)
}
