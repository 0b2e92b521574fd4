probe begin { println("quoted") }
