probe begin { println("eq") }
probe begin { println("ne") }
probe begin { println("lt") }
probe begin { println("le") }
probe begin { println("gt") }
probe begin { println("ge") }
