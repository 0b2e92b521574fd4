probe begin { println(0, 1) }
