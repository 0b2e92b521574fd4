probe mine = begin, end, timer.s(1), timer.ms(5) { }
probe mine { }
