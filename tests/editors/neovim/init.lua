-- A person's minute in Neovim, with the configuration of `editors/neovim` as it is pasted:
-- open a template, see the diagnostic, read what is known there, apply the fix, see it gone, undo.
--
--     nvim --headless --clean -u tests/editors/neovim/init.lua
--
-- `apim-ls` comes from the PATH. `APIM_LS_CONFIGURATION` names the file under test, from
-- `editors/neovim` on; without it, the one for the running version is taken. Every wait ends; the
-- exit code is 1 if anything is not as expected.

local WAIT_MILLISECONDS = 15000
local TITLE = 'Insert a system-assigned identity'

local here = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h')
local repository = vim.fn.fnamemodify(here, ':h:h:h')
local configuration = os.getenv('APIM_LS_CONFIGURATION')
  or (vim.lsp.config and 'lsp/apim_ls.lua' or 'apim_ls.lua')

local function load_configuration()
  local directory = repository .. '/editors/neovim'
  if configuration == 'lsp/apim_ls.lua' then
    vim.opt.runtimepath:prepend(directory)
    vim.lsp.enable('apim_ls')
  else
    dofile(directory .. '/' .. configuration)
  end
end

local function fail(message, ...)
  error(message:format(...), 0)
end

local function wait_until(what, condition)
  if not vim.wait(WAIT_MILLISECONDS, condition, 10) then
    fail('timed out after %d ms: %s', WAIT_MILLISECONDS, what)
  end
end

local function text_of(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') .. '\n'
end

local function read(file)
  return table.concat(vim.fn.readfile(file, 'b'), '\n')
end

-- A copy of a fixture, in a folder below one with a marker of the project's root.
local function copy(fixture, project)
  local root = vim.loop.fs_realpath(vim.fn.fnamemodify(vim.fn.tempname(), ':h'))
    .. '/'
    .. (project or vim.fn.fnamemodify(fixture, ':e'))
  vim.fn.mkdir(root .. '/infra', 'p')
  vim.fn.writefile({ '{}' }, root .. '/bicepconfig.json')
  local file = root .. '/infra/' .. vim.fn.fnamemodify(fixture, ':t')
  vim.fn.writefile(vim.fn.readfile(fixture, 'b'), file, 'b')
  return file, root
end

local function servers_of(buffer)
  if vim.lsp.get_clients then
    return vim.lsp.get_clients({ bufnr = buffer })
  end
  return vim.tbl_values(vim.lsp.buf_get_clients(buffer))
end

local function server_of(buffer, root)
  wait_until('a server runs for the buffer', function()
    return servers_of(buffer)[1] ~= nil
  end)
  local server = servers_of(buffer)[1]
  if server.name ~= 'apim_ls' then
    fail('the server is called %s', server.name)
  end
  if server.config.root_dir ~= root then
    fail('the root is %s, not %s', server.config.root_dir, root)
  end
  wait_until('the server is initialized', function()
    return server.initialized
  end)
  if server.offset_encoding ~= 'utf-16' then
    fail('positions are counted in %s', server.offset_encoding)
  end
  return server
end

local function expect_diagnostic(buffer)
  wait_until('one diagnostic', function()
    return #vim.diagnostic.get(buffer) == 1
  end)
  local diagnostic = vim.diagnostic.get(buffer)[1]
  if diagnostic.source ~= 'apim-ls' then
    fail('the diagnostic is from %s', diagnostic.source)
  end
  -- Neovim 0.7 keeps the code with what is particular to the protocol.
  local code = diagnostic.code or vim.tbl_get(diagnostic, 'user_data', 'lsp', 'code')
  if code ~= 'identity-missing' then
    fail('the diagnostic is %s: %s', code, diagnostic.message)
  end
  return diagnostic
end

local function floating_window()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

-- Asks what is known at the diagnostic, and closes the window that tells it.
local function expect_hover(diagnostic, expected)
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  vim.lsp.buf.hover()
  wait_until('a window that tells what is known', floating_window)
  local window = floating_window()
  local text = text_of(vim.api.nvim_win_get_buf(window))
  vim.api.nvim_win_close(window, true)
  if not text:find(expected, 1, true) then
    fail('"%s" is not in what is told:\n%s', expected, text)
  end
end

-- Chooses an action from the menu, at the diagnostic.
local function apply_action(diagnostic, is_meant)
  local chosen
  local original = vim.ui.select
  vim.ui.select = function(items, _, choose)
    local titles = {}
    for _, item in ipairs(items) do
      local action = item.action or item[2]
      table.insert(titles, action.title)
      if is_meant(action) then
        chosen = action
        choose(item)
        return
      end
    end
    chosen = titles
  end
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  vim.lsp.buf.code_action()
  local answered = vim.wait(WAIT_MILLISECONDS, function()
    return chosen ~= nil
  end, 10)
  vim.ui.select = original
  if not answered then
    fail('no code actions are offered at the diagnostic')
  elseif not chosen.title then
    fail('what is meant is not among the code actions: %s', table.concat(chosen, '; '))
  end
end

local function is_fix(action)
  -- Neovim 0.7 does not say that it knows preferred actions, and is told of none.
  return action.title == TITLE and (action.isPreferred or vim.fn.has('nvim-0.8') == 0)
end

local function expect_text(buffer, expected, what)
  vim.wait(WAIT_MILLISECONDS, function()
    return text_of(buffer) == expected
  end, 10)
  local text = text_of(buffer)
  if text ~= expected then
    local difference = (vim.text and vim.text.diff or vim.diff)(expected, text)
    fail('the text %s is not as expected:\n%s', what, difference)
  end
end

local function check(fixture, expected)
  local file, root = copy(repository .. '/tests/fixtures/no-identity/' .. fixture)
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  local buffer = vim.api.nvim_get_current_buf()
  local original = text_of(buffer)
  local server = server_of(buffer, root)

  local diagnostic = expect_diagnostic(buffer)
  expect_hover(diagnostic, 'Identity: none')
  apply_action(diagnostic, is_fix)
  expect_text(buffer, read(repository .. '/tests/editors/' .. expected), 'after the fix')
  wait_until('no diagnostics after the fix', function()
    return #vim.diagnostic.get(buffer) == 0
  end)

  vim.cmd('silent undo')
  expect_text(buffer, original, 'after undo')
  expect_diagnostic(buffer)

  vim.lsp.stop_client(server.id)
  wait_until('the server stops', function()
    return vim.lsp.client_is_stopped(server.id)
  end)
end

-- With the file that fixes on save as it is pasted.
local function expect_fixed_on_save()
  dofile(repository .. '/editors/neovim/fix_on_save.lua')
  local file, root = copy(repository .. '/tests/fixtures/no-identity/main.bicep', 'saved')
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  server_of(0, root)
  expect_diagnostic(vim.api.nvim_get_current_buf())
  vim.cmd('write')
  local expected = read(repository .. '/tests/editors/expected.bicep')
  if read(file) ~= expected then
    fail('the file was saved as:\n%s', read(file))
  end
  -- There is nothing left to fix, and nobody says so.
  vim.cmd('write')
  if read(file) ~= expected then
    fail('the file was saved again as:\n%s', read(file))
  end
  vim.api.nvim_del_augroup_by_name('apim_ls_fix_on_save')
end

-- A rule is turned off by an action that adds a file.
local function expect_turned_off()
  local file, root = copy(repository .. '/tests/fixtures/no-identity/main.bicep', 'turned-off')
  vim.fn.delete(root .. '/bicepconfig.json')
  vim.fn.mkdir(root .. '/.git', 'p')
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
  local buffer = vim.api.nvim_get_current_buf()
  server_of(buffer, root)
  apply_action(expect_diagnostic(buffer), function(action)
    return action.title == 'Turn `identity-missing` off in a new bicepconfig.json'
  end)
  wait_until('no diagnostics after the rule is turned off', function()
    return #vim.diagnostic.get(buffer) == 0
  end)
  local configuration_file = root .. '/bicepconfig.json'
  local text = text_of(vim.fn.bufnr(configuration_file))
  if not text:find('"identity-missing": {\n          "level": "off"', 1, true) then
    fail('bicepconfig.json holds:\n%s', text)
  end
  vim.cmd('silent wall')
  if read(configuration_file) ~= text then
    fail('bicepconfig.json was saved as:\n%s', read(configuration_file))
  end
end

-- Opens a file outside of any project.
local function open(extension, line)
  local file = vim.fn.tempname() .. extension
  vim.fn.writefile({ line }, file)
  vim.cmd('edit ' .. vim.fn.fnameescape(file))
end

local function expect_server_for_parameters()
  open('.bicepparam', "using 'main.bicep'")
  server_of(0, nil)
end

local function expect_no_server_for_other_json()
  open('.json', '{ "name": "not-a-template" }')
  vim.wait(200)
  if servers_of(0)[1] then
    fail('a server runs for a JSON file that is no template')
  end
end

local function run(name, test)
  local passed, message = xpcall(test, function(message)
    return type(message) == 'string' and message or debug.traceback(vim.inspect(message))
  end)
  io.stdout:write(('%s  %s\n'):format(passed and 'ok    ' or 'FAILED', name))
  if not passed then
    io.stdout:write(message, '\n')
  end
  io.stdout:flush()
  return passed
end

local function main()
  local version = vim.version()
  io.stdout:write(
    ('Neovim %d.%d.%d with editors/neovim/%s\n'):format(
      version.major,
      version.minor,
      version.patch,
      configuration
    )
  )
  local passed = true
  for _, case in ipairs({
    { 'main.bicep', 'expected.bicep' },
    { 'azuredeploy.json', 'expected.json' },
  }) do
    passed = run(case[1], function()
      check(case[1], case[2])
    end) and passed
  end
  passed = run('a rule turned off', expect_turned_off) and passed
  passed = run('fixes on save', expect_fixed_on_save) and passed
  passed = run('a lone .bicepparam', expect_server_for_parameters) and passed
  passed = run('JSON that is no template', expect_no_server_for_other_json) and passed
  vim.cmd(passed and 'qall!' or 'cquit 1')
end

local loaded, message = pcall(load_configuration)
if not loaded then
  io.stdout:write('the configuration cannot be loaded: ', tostring(message), '\n')
  vim.cmd('cquit 1')
end
vim.api.nvim_create_autocmd('VimEnter', {
  callback = function()
    -- Outside of the event, so that opening a file triggers the events that it always does.
    vim.schedule(main)
  end,
})
