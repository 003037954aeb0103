-- Makes the safe fixes of apim-ls whenever a template is saved, in Neovim 0.7 and newer.
--
-- Copy this file to ~/.config/nvim/plugin/apim_ls_fix_on_save.lua, beside the configuration of the
-- server.

local kind = 'source.fixAll.apim-ls'
local patience_in_milliseconds = 1000

local function fix(buffer)
  local start = { line = 0, character = 0 }
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = { start = start, ['end'] = start },
    context = { diagnostics = {}, only = { kind } },
  }
  local method = 'textDocument/codeAction'
  local answers = vim.lsp.buf_request_sync(buffer, method, params, patience_in_milliseconds)
  for id, answer in pairs(answers or {}) do
    for _, action in ipairs(answer.result or {}) do
      if action.kind == kind and action.edit then
        local server = vim.lsp.get_client_by_id(id)
        vim.lsp.util.apply_workspace_edit(action.edit, server.offset_encoding or 'utf-16')
      end
    end
  end
end

vim.api.nvim_create_autocmd('BufWritePre', {
  group = vim.api.nvim_create_augroup('apim_ls_fix_on_save', {}),
  pattern = { '*.bicep', '*.bicepparam', '*.json', '*.jsonc' },
  callback = function(event)
    local servers = vim.lsp.get_clients and vim.lsp.get_clients({ bufnr = event.buf })
      or vim.lsp.buf_get_clients(event.buf)
    if next(servers) then
      fix(event.buf)
    end
  end,
})
