probe begin {
	a = (b == c); a = (b != c); a = (b <= c); a = (b >= c);
	a = ("x" =~ "y"); a = ("x" !~ "y");
	a += b; a -= b; a *= b; a /= b; a %= b; a &= b; a ^= b; a |= b;
	s .= "t";
	a = (b && c); a = (b || c); a++; --a; a = (b << c); a = (b >> c);
}
