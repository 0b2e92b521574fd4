probe begin { println(33) }
