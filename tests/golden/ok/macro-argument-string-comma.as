probe begin { println("a, b) (") }
