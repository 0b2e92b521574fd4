probe begin { println(max(1, 2)); println(arr[3, 4]) }
global arr
