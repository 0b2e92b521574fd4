global a
probe begin { foreach (v=[k+,l] in a[*,3] limit 5) println(v) }
