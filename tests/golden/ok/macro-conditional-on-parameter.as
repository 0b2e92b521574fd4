probe begin { println("small", "big") }
