probe begin { println(0, 3, 5) }
