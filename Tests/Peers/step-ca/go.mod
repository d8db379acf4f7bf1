module stepca
