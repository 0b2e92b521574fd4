probe begin { println("minus one") }
