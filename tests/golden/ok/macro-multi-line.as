probe begin { println(1) println(2) }
