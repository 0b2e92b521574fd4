probe begin { println("a"); println("b"); println("c") }
