probe begin { println(7) }
