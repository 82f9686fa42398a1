"$TOP/docs/demo.sh" "$BIN"
