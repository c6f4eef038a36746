"""The smallest Gradio app, which the start of this program is compared with."""

import os

import gradio as gr

if __name__ == "__main__":
    with gr.Blocks() as page:
        gr.Textbox()
    page.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]), quiet=True)
