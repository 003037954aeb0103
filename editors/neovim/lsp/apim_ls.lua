-- apim-ls for Neovim 0.11 and newer.
--
-- Copy this file to ~/.config/nvim/lsp/apim_ls.lua and add to your init.lua:
--
--     vim.lsp.enable('apim_ls')

-- The repository first: its modules and templates belong together, and one server knows them all.
local markers = { '.git', 'bicepconfig.json' }

-- Most JSON files are no business of this server, and need not start it.
local function is_ours(buffer)
  if vim.fs.basename(vim.api.nvim_buf_get_name(buffer)) == 'bicepconfig.json' then
    return true
  end
  for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:lower():find('deployment[tp]%a+%.json') then
      return true
    end
  end
  return false
end

return {
  cmd = { 'apim-ls', 'server' },
  filetypes = { 'bicep', 'bicep-params', 'json', 'jsonc' },
  root_dir = function(buffer, start)
    if not vim.bo[buffer].filetype:find('^json') or is_ours(buffer) then
      start(vim.fs.root(buffer, markers))
    end
  end,
  -- As the Bicep language server counts: Neovim wants all servers of a buffer to count alike.
  capabilities = { general = { positionEncodings = { 'utf-16' } } },
}
