# Offers Lathe, where it lies now, for .onnx and .lathe files ("Open with"), for this user only: no administrator needed.
# With -Remove it takes all of that out again.
#   powershell -ExecutionPolicy Bypass -File file-types.ps1 [-Remove]
param([switch]$Remove)

$classes = 'HKCU:\Software\Classes'
$program = Join-Path $PSScriptRoot 'lathe-window.exe'
$types = @(
  @{ Suffix = '.onnx'; Id = 'Lathe.Model'; Title = 'ONNX model' },
  @{ Suffix = '.lathe'; Id = 'Lathe.Session'; Title = 'Lathe session' }
)

foreach ($type in $types) {
  $own = Join-Path $classes $type.Id
  $offered = Join-Path $classes "$($type.Suffix)\OpenWithProgids"
  if (Test-Path $own) { Remove-Item -Path $own -Recurse }
  if ($Remove) {
    Remove-ItemProperty -Path $offered -Name $type.Id -ErrorAction SilentlyContinue
    continue
  }
  New-Item -Path "$own\shell\open\command" -Force | Out-Null
  Set-Item -Path $own -Value $type.Title
  Set-Item -Path "$own\shell\open\command" -Value "`"$program`" `"%1`""
  New-Item -Path "$own\DefaultIcon" | Out-Null
  Set-Item -Path "$own\DefaultIcon" -Value "`"$program`",0"
  # Other programs are offered there too, so that the key is made only where there is none.
  if (-not (Test-Path $offered)) { New-Item -Path $offered -Force | Out-Null }
  New-ItemProperty -Path $offered -Name $type.Id -Value '' -Force | Out-Null
}
