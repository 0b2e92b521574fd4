probe begin { println("", "") }
