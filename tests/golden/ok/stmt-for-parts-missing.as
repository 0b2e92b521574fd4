probe begin {
	for (; ;) break;
	for (i = 0; ;) break;
	for (; i < 3;) i++;
	for (; ; i++) break;
}
