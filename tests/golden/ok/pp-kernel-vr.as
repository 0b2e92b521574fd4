probe begin { println(1, 0, 0) }
