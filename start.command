#!/bin/bash
# Double click (macOS) or run (Linux): sets carekit up once, then serves the branch beside this file.
cd "$(dirname "$0")" || exit 1
for python in python3.14 python3.13 python3.12 python3.11 python3 python; do
  if command -v "$python" >/dev/null 2>&1 &&
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    "$python" start.py
    code=$?
    if [ "$code" -ne 0 ] && [ -t 0 ]; then
      read -r -p "按回车键关闭 / Press Enter to close "
    fi
    exit "$code"
  fi
done
echo
echo "没有找到 Python 3.11 或更新版本。请到 https://www.python.org/downloads/ 下载安装，然后再次双击本文件。"
echo "Python 3.11 or newer was not found. Get it at https://www.python.org/downloads/ and start this file again."
if [ -t 0 ]; then
  read -r -p "按回车键关闭 / Press Enter to close "
fi
exit 2
