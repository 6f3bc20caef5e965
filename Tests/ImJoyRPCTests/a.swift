import ImJoyRPC
