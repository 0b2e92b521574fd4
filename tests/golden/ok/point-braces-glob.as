probe a.b*.d, a.*c.**.d { }
