# What scenarios say, what is wrong with them, and the exit status.
cat > good.json <<'END'
{"format": "legacy-module-abi-vectors", "format_version": 1, "scenarios": [
 {"id": "twice", "title": "a name can be created once", "tags": ["names"],
  "steps": [{"op": "create", "name": "a", "size": 4096}, {"op": "create", "name": "a", "size": 4096}],
  "expect": [{"versions": ["2.2.1", "2.4.20"], "outcome": "ok", "results": [{"ret": "@a"}, {"ret": "EEXIST"}]}]}]}
END
retromod replay good.json
echo "status $?"
retromod replay --release 2.4.20 --json good.json
retromod replay --arch alpha good.json
retromod replay --arch ia64 good.json
echo "status $?"
retromod replay --list good.json
retromod replay --filter other good.json
echo "status $?"
sed 's/EEXIST/EBUSY/' good.json > wrong.json
retromod replay --release 2.4.17 wrong.json good.json
echo "status $?"
sed 's/, "size": 4096}, /}, /' good.json > malformed.json
retromod replay malformed.json good.json missing.json
echo "status $?"
echo '{"format": ' > broken.json
retromod replay broken.json
echo "status $?"
retromod replay --release 2.5.0 good.json
echo "status $?"
