probe begin { println("x41") }
