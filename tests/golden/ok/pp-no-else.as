probe begin { println("a") }
