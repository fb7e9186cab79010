"""What a kernel may log: where a fault happened, never what it said."""

import errno
import logging
import sys

import zmq

from carekit.pages.faults import no_traceback


def logged(fault):
    try:
        raise fault
    except type(fault):
        return logging.makeLogRecord({"msg": "Uncaught", "exc_info": sys.exc_info()})


def test_a_kernel_that_ends_makes_no_noise_and_other_faults_are_told_without_their_words():
    assert not no_traceback(logged(zmq.ZMQError(errno.ENOTSOCK)))
    record = logged(zmq.ZMQError(errno.EFAULT, "测试小草"))
    assert no_traceback(record)
    said = logging.Formatter().format(record)
    assert "ZMQError at" in said and "test_faults.py" in said
    assert "测试小草" not in said and "\n" not in said


def test_a_line_without_a_fault_stays():
    record = logging.makeLogRecord({"msg": "%s", "args": ("started",)})
    assert no_traceback(record) and record.getMessage() == "started"
