probe timer.s(1), timer.ms(100) { }
