-- wrk asks the paths of a file in turn, so that no single page is measured over and over; it may pause in between.
local paths, turn, pause = {}, 0, 0

function init(args)
    for line in io.lines(args[1]) do
        paths[#paths + 1] = wrk.format("GET", line)
    end
    pause = tonumber(args[2] or "0")
    if pause <= 0 then
        delay = nil
    end
end

function request()
    turn = turn + 1
    return paths[turn % #paths + 1]
end

function delay()
    return math.floor(pause * (0.5 + math.random()))
end
