-- apim-ls for Neovim 0.7 and newer. From 0.11 on, prefer lsp/apim_ls.lua beside this file.
--
-- Copy this file to ~/.config/nvim/plugin/apim_ls.lua: Neovim loads it from there by itself.

local command = { 'apim-ls', 'server' }

-- The repository first: its modules and templates belong together, and one server knows them all.
local markers = { '.git', 'bicepconfig.json' }

-- The ids of the running servers by their root, for Neovim 0.7, which keeps no such list.
local servers = {}

-- Most JSON files are no business of this server, and need not start it.
local function is_ours(buffer)
  if vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':t') == 'bicepconfig.json' then
    return true
  end
  for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:lower():find('deployment[tp]%a+%.json') then
      return true
    end
  end
  return false
end

local function root_of(buffer)
  local file = vim.api.nvim_buf_get_name(buffer)
  for _, marker in ipairs(markers) do
    local directory = vim.fn.fnamemodify(file, ':p:h')
    local parent = vim.fn.fnamemodify(directory, ':h')
    while directory ~= parent do
      if vim.loop.fs_stat(directory .. '/' .. marker) then
        return directory
      end
      directory, parent = parent, vim.fn.fnamemodify(parent, ':h')
    end
  end
end

local function start(buffer)
  if vim.bo[buffer].buftype ~= '' then
    return
  end
  if vim.bo[buffer].filetype:find('^json') and not is_ours(buffer) then
    return
  end
  if vim.fn.executable(command[1]) == 0 then
    vim.notify_once(command[1] .. ' is not on the PATH', vim.log.levels.WARN)
    return
  end
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  -- As the Bicep language server counts: Neovim wants all servers of a buffer to count alike.
  capabilities.general =
    vim.tbl_extend('force', capabilities.general or {}, { positionEncodings = { 'utf-16' } })
  local config = {
    name = 'apim_ls',
    cmd = command,
    root_dir = root_of(buffer),
    capabilities = capabilities,
  }
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  local key = config.root_dir or ''
  if not servers[key] or vim.lsp.client_is_stopped(servers[key]) then
    servers[key] = vim.lsp.start_client(config)
  end
  if servers[key] then
    vim.lsp.buf_attach_client(buffer, servers[key])
  end
end

local group = vim.api.nvim_create_augroup('apim_ls', {})

-- `setfiletype` leaves alone what Neovim or a plug-in has recognised already.
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  group = group,
  pattern = '*.bicep',
  command = 'setfiletype bicep',
})
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  group = group,
  pattern = '*.bicepparam',
  command = 'setfiletype bicep-params',
})
vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = { 'bicep', 'bicep-params', 'json', 'jsonc' },
  callback = function(event)
    start(event.buf)
  end,
})
