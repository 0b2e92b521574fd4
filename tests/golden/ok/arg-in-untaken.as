probe begin { println(10) }
