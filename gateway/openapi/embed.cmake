# cmake -DINPUT=file -DOUTPUT=file.inc -P embed.cmake
# Writes the bytes of a file as the elements of an array: 0x0a,0x1b,
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)"
       "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}" "${bytes}")
