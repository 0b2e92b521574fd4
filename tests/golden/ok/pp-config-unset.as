probe begin { println(1, 0, 1, 1) }
