probe begin { println(1) }
