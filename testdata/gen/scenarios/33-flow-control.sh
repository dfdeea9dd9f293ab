# SPDX-License-Identifier: MIT
# Uploads and their windows.

# The stream's window is used up, the connection's is not, and nothing is given back.
scenario_window_stall_stream() {
    loopback
    frame_server -mode fine -whole -credit connection
    start_capture pcapng lo
    client -n 1 -body 100000 -timeout 300ms https://127.0.0.1:8443/
    stop_capture
}

scenario_window_stall_stream_go127() {
    needs_go 1.27
    scenario_window_stall_stream
}

# The windows of the streams are wide, but the connection's is never given back: the second upload
# stops in the middle, the third cannot send a byte.
scenario_window_stall_connection() {
    loopback
    frame_server -mode fine -whole -window 200000
    start_capture pcapng lo
    client -n 3 -body 40000 -timeout 300ms https://127.0.0.1:8443/
    stop_capture
}

scenario_window_stall_connection_go127() {
    needs_go 1.27
    scenario_window_stall_connection
}

# The window is always nearly empty; the uploads get through.
scenario_window_tiny() {
    loopback
    frame_server -mode fine -whole -window 300 -credit both
    start_capture pcapng lo
    client -n 2 -body 9000 https://127.0.0.1:8443/
    stop_capture
}

# The upload is finished and has used the window to the last byte; the server is slow.
scenario_server_slow_upload() {
    loopback
    frame_server -mode silent -every 1 -whole -window 20000
    start_capture pcapng lo
    client -n 2 -body 20000 -timeout 200ms https://127.0.0.1:8443/
    stop_capture
}

# A large upload that now and then waits for the window, as all do.
scenario_healthy_upload() {
    wired -delay 5ms
    start_capture pcapng toclient
    remote_client -n 2 -body 150000 https://10.9.0.2:8443/echo
    stop_capture
}

# The window is given back all the time, but too slowly for the deadline.
scenario_server_slow_upload_throttled() {
    loopback
    frame_server -mode fine -whole -window 4000 -credit both -pause 40ms
    start_capture pcapng lo
    client -n 3 -pace 60ms -body 60000 -timeout 400ms https://127.0.0.1:8443/
    stop_capture
}
