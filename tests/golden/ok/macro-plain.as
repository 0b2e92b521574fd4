probe begin { println(5) }
