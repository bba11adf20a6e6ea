"""Why a file is not taken: catalogue keys, each with the name of the file."""

from briefings.errors import N_

EMPTY = N_("‘%(name)s’ 파일이 비어 있습니다. 저장한 내용을 확인하고 다시 올려 주세요.")
TOO_LARGE = N_(
    "‘%(name)s’ 파일이 너무 큽니다. 한 파일은 %(largest)s까지 올릴 수 있습니다. 그림을 줄이거나 나누어 올려 주세요."
)
UNKNOWN = N_("‘%(name)s’ 파일은 받을 수 없는 형식입니다. 받는 형식: %(kinds)s")
UNLIKE = N_("‘%(name)s’ 파일은 이름과 달리 내용이 받을 수 없는 형식입니다. 받는 형식: %(kinds)s")
MISNAMED = N_("‘%(name)s’ 파일의 내용(%(kind)s)이 이름의 끝과 다릅니다. 이름을 바로잡거나 맞는 파일을 골라 주세요.")
ENCRYPTED = N_("‘%(name)s’ 파일에 암호나 제한이 걸려 있습니다. 암호를 풀고 저장한 뒤 다시 올려 주세요.")
MACROS = N_("‘%(name)s’ 파일에 매크로가 들어 있습니다. 매크로 없이 저장한 뒤 다시 올려 주세요.")
OUTDATED = N_("‘%(name)s’ 파일은 예전 형식입니다. PPTX, XLSX, DOCX로 저장한 뒤 다시 올려 주세요.")
DAMAGED = N_("‘%(name)s’ 파일이 손상되어 읽을 수 없습니다. 새로 저장하거나 내려받은 뒤 다시 올려 주세요.")
BLOATED = N_("‘%(name)s’ 파일은 풀면 지나치게 커집니다. 내용을 나누어 올려 주세요.")
TWOFOLD = N_("‘%(name)s’ 파일에 다른 형식의 파일이 덧붙어 있습니다. 원래 프로그램에서 새로 저장한 뒤 다시 올려 주세요.")
