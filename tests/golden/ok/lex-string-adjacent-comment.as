probe begin { println("abcd") }
