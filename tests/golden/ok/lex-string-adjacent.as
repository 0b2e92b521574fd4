probe begin { println("abc") }
