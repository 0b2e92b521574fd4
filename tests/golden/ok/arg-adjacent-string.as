probe begin { println("a middle b") }
