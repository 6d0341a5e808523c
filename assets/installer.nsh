; Added to electron-builder's script of the installer for Windows (electron-builder.yml, nsis.include).

!macro customUnInstall
  ; The start at login is the app's own entry (src-main/desktop/login-item.ts): it goes with the app. An update removes the
  ; version before with this same uninstaller, and keeps the entry and what the person chose in Task Manager.
  ${ifNot} ${isUpdated}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
  ${endIf}
!macroend
