-- wrk asks the paths of a file in turn, so that no single page is measured over and over.
local paths, turn = {}, 0

function init(args)
    for line in io.lines(args[1]) do
        paths[#paths + 1] = wrk.format("GET", line)
    end
end

function request()
    turn = turn + 1
    return paths[turn % #paths + 1]
end
