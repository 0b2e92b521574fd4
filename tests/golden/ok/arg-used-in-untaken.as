probe begin { println(0) }
