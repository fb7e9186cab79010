@echo off
rem Double click: sets carekit up once, then serves the branch beside this file.
setlocal
chcp 65001 >nul
cd /d "%~dp0"
set "PYTHON=py -3"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if not errorlevel 1 goto found
set "PYTHON=python"
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if errorlevel 1 goto missing
:found
%PYTHON% start.py
if errorlevel 1 pause
exit /b
:missing
echo.
echo Python 3.11 or newer was not found. Get it at https://www.python.org/downloads/
echo Tick "Add python.exe to PATH" while installing, then start this file again.
echo.
echo 没有找到 Python 3.11 或更新版本。请到 https://www.python.org/downloads/ 下载，
echo 安装时勾选 "Add python.exe to PATH"，然后再次双击本文件。
pause
exit /b 2
