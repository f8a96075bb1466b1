# Works from any folder: make -C <here> <target>, or make -f <here>/Makefile <target>.
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
BIN := $(ROOT).venv/bin
PORT ?= 8000
.DEFAULT_GOAL := help
.PHONY: help run test check lint format unit browser bench bench-screening bench-reading bench-extraction bench-hostile db translations lock clean setup-run setup-test

help: ## Liệt kê các lệnh / list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-16s %s\n' "$$name" "$$text"; done

setup-run:
	@cd $(ROOT) && sh scripts/setup.sh run

setup-test:
	@cd $(ROOT) && sh scripts/setup.sh test

run: setup-run ## Chạy trang web với dữ liệu mẫu trên 127.0.0.1 (PORT=8000) / serve with sample data
	@cd $(ROOT) && exec $(BIN)/covenant-review start --port $(PORT) --samples samples

test: setup-test ## Chạy mọi kiểm thử, kể cả trình duyệt và PostgreSQL / run everything
	@cd $(ROOT) && $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/python -m pytest -n 2 --dist loadgroup

check: lint unit ## Kiểm tra nhanh khi đang viết mã / quick checks while coding

lint: setup-test ## ruff và mypy
	@cd $(ROOT) && $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: setup-test ## Sắp lại mã theo ruff
	@cd $(ROOT) && $(BIN)/ruff check --fix . ; $(BIN)/ruff format .

unit: setup-test ## Kiểm thử không cần trình duyệt và PostgreSQL
	@cd $(ROOT) && $(BIN)/python -m pytest -n 2 -m "not browser and not postgres"

browser: setup-test ## Chỉ kiểm thử trong trình duyệt
	@cd $(ROOT) && $(BIN)/python -m pytest -m browser

bench-screening: setup-test ## Đo tốc độ rà soát, bên cạnh re và Hyperscan / clauses per second
	@cd $(ROOT) && $(BIN)/python bench/bench_screening.py

bench-reading: setup-test ## Đo chất lượng đọc trên bộ văn bản có gắn nhãn / recall and precision
	@cd $(ROOT) && $(BIN)/python bench/bench_reading.py

bench-extraction: setup-test ## Đo việc đọc tệp: Word, PDF, bản quét, phông cũ / files of many producers against their truth
	@cd $(ROOT) && $(BIN)/python bench/bench_extraction.py

bench-hostile: setup-test ## Tệp phá hoại và tệp hỏng ngẫu nhiên qua đường nộp thật, 10 phút (MINUTES=10) / hostile files and a fuzzer
	@cd $(ROOT) && $(BIN)/python bench/bench_hostile.py --minutes $(or $(MINUTES),10)

bench: setup-test ## Đo tốc độ và chất lượng đọc / measure
	@cd $(ROOT) && for script in bench/bench_reading.py bench/bench_screening.py bench/bench_extraction.py bench/bench_ocr_alarm.py bench/bench_facts.py; do $(BIN)/python "$$script" || exit 1; done

db: setup-run ## Tạo hoặc nâng cấp cơ sở dữ liệu / create or upgrade the database
	@cd $(ROOT) && $(BIN)/covenant-review db upgrade

translations: setup-test ## Rút chuỗi cần dịch và biên dịch bản tiếng Anh / extract and compile strings
	@cd $(ROOT) && $(BIN)/python scripts/translations.py

lock: setup-test ## Khóa lại phiên bản thư viện (cần uv) / renew the lock files
	@cd $(ROOT) && for extra in "" "--extra dev"; do \
		if [ -n "$$extra" ]; then out=requirements-dev.lock; else out=requirements.lock; fi; \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
			--no-header --extra build $$extra pyproject.toml -o $$out; done

clean: ## Xóa môi trường ảo và tệp tạm (giữ dữ liệu trong var/ và uploads/)
	@cd $(ROOT) && rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
