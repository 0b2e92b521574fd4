probe begin { printf("%d %s\n", 1, "x") }
