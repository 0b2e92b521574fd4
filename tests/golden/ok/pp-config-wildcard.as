probe begin { println(1, 0) }
