probe begin { println(5, 2 + 3) }
